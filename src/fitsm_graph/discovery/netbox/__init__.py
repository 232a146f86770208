"""NetBox: a dump of its database (`manage.py dumpdata`) becomes observations.

    for seen in netbox.read(stream): …

Keys are ``netbox/<model>/<primary key>``, names are those people use. What redundancy the dump
shows becomes groups: several power ports, A and B feeds of a rack, members of a link
aggregation, of a virtual chassis, of a cluster, several uplinks. Cables seen from both ends are
one relation, and a path through patch panels is one link between the devices at its ends. Every
model that is not taken in is told with its count.
"""

from fitsm_graph.discovery.netbox.read import observe, read

__all__ = ["observe", "read"]
