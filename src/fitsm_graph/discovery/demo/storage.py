"""Storage: three arrays with controllers in pairs, an object store, a parallel file system, tape.

Arrays B and C have firmware of their own on each controller, array A has one installation for
the pair. The four power supplies of array B's controllers are plugged into one distribution unit.
"""

from fitsm_graph.discovery.demo.draft import Author, Draft
from fitsm_graph.discovery.demo.parties import STORAGE

# array, hall, racks of its controllers, capacity
ARRAYS = (
    ("a", "n1", ("rack-n1-03", "rack-n1-04"), 614_400.0),
    ("b", "n2", ("rack-n2-03", "rack-n2-04"), 921_600.0),
    ("c", "s1", ("rack-s1-03", "rack-s1-04"), 614_400.0),
)
CROWDED_PDU = "pdu-n2-03-b"
"""Where all four supplies of array B's controllers are plugged in."""
SHARED_FIRMWARE = "fw-sto-a"
"""The one firmware line of both controllers of array A."""

# key, name, pool, size, type
VOLUMES = (
    ("ds-n-1", "Virtual disks 1, north", "pool-a-1", 81_920.0, "Datastore"),
    ("ds-n-2", "Virtual disks 2, north", "pool-a-1", 81_920.0, "Datastore"),
    ("ds-s-1", "Virtual disks 1, south", "pool-c-1", 81_920.0, "Datastore"),
    ("vol-db-science-1", "Data of database server science 1", "pool-a-2", 4096.0, "StorageVolume"),
    ("vol-db-science-2", "Data of database server science 2", "pool-a-2", 4096.0, "StorageVolume"),
    ("vol-db-science-3", "Data of database server science 3", "pool-c-1", 4096.0, "StorageVolume"),
    ("vol-notebook-hub", "State of the notebook hub", "pool-a-2", 200.0, "StorageVolume"),
    ("vol-scratch-meta", "Metadata of the scratch space", "pool-b-2", 8192.0, "StorageVolume"),
    ("vol-archive-cache", "Disk cache of the archive", "pool-c-2", 65_536.0, "StorageVolume"),
    ("share-home", "Home directories", "pool-b-1", 204_800.0, "FileShare"),
    ("share-projects", "Project directories", "pool-b-1", 409_600.0, "FileShare"),
    ("share-backup", "Backup target", "pool-c-2", 204_800.0, "FileShare"),
    *(
        (
            f"vol-block-{n:02d}",
            f"Block volume {n} of a project",
            "pool-a-2",
            2048.0,
            "StorageVolume",
        )
        for n in range(1, 13)
    ),
)
OBJECT_SERVERS = {
    "obj-n-1": "rack-n1-07",
    "obj-n-2": "rack-n1-07",
    "obj-n-3": "rack-n1-08",
    "obj-n-4": "rack-n1-08",
    "obj-n-5": "rack-n2-04",
    "obj-s-1": "rack-s1-07",
    "obj-s-2": "rack-s1-07",
    "obj-s-3": "rack-s1-08",
}
FILE_SERVERS = {
    "oss-1": "rack-n2-03",
    "oss-2": "rack-n2-04",
    "oss-3": "rack-n2-05",
    "oss-4": "rack-n2-06",
}
# key, name, persistent identifier, personal
DATA_SETS = (
    ("data-climate", "Regional climate ensemble", "doi:10.5555/trn.0001", False),
    ("data-genomes", "Barley genomes", "doi:10.5555/trn.0002", False),
    ("data-sky", "Low-frequency sky survey", "doi:10.5555/trn.0003", False),
    ("data-speech", "Corpus of spoken dialects", "doi:10.5555/trn.0004", True),
    ("data-alloys", "Alloy simulations", "doi:10.5555/trn.0005", False),
    ("data-registry", "Health registry extracts", "doi:10.5555/trn.0006", True),
)


def write_storage(draft: Draft) -> None:
    """Add arrays, pools, volumes, the object store, the scratch space and the tape library."""
    author = Author(draft, STORAGE)
    for array in ARRAYS:
        _array(author, *array)
    for key, name, pool, size, type in VOLUMES:
        author.add(type, key, name, capacity_gib=size, used_gib=round(size * 0.62, 1))
        author.link(key, "STORED_ON", pool)
    _object_store(author)
    _scratch(author)
    _tape(author)


def _array(author: Author, letter: str, hall: str, pair: tuple[str, str], capacity: float) -> None:
    array, upper = f"sto-{letter}", letter.upper()
    controllers = [f"sto-ctl-{letter}{number}" for number in (1, 2)]
    for number, rack in enumerate(pair, 1):
        _controller(author, letter, number, rack)
    shelves = [f"sto-shelf-{letter}{number}" for number in range(1, 5)]
    for number, shelf in enumerate(shelves):
        name = f"Disk shelf {number + 1} of array {upper}"
        author.racked("Chassis", shelf, name, "Cobalt DS-24", pair[number % 2])
    author.device(
        "StorageArray", array, f"Storage array {upper}", "Cobalt CS-900", raw_capacity_gib=capacity
    )
    author.link(array, "LOCATED_IN", f"room-{hall}")
    name = f"1 of 2 controllers of array {upper}"
    author.link(array, "FORMED_BY", author.group(f"grp-{array}", name, controllers, grounded=True))
    name = f"2 of 4 disk shelves of array {upper}, mirrored across racks"
    group = author.group(f"grp-{array}-shelves", name, shelves, need=2, grounded=True)
    author.link(array, "FORMED_BY", group)
    for number in (1, 2):
        pool = f"pool-{letter}-{number}"
        author.add("StoragePool", pool, f"Pool {number} of array {upper}", encrypted=True)
        author.link(pool, "STORED_ON", array)


def _controller(author: Author, letter: str, number: int, rack: str) -> None:
    key, upper = f"sto-ctl-{letter}{number}", f"{letter.upper()}{number}"
    name = f"Storage controller {upper}"
    author.device("StorageController", key, name, "Cobalt C9", firmware_version="7.2.1")
    author.link(key, "MOUNTED_IN", rack)
    author.link(key, "DEPENDS_ON", _firmware(author, letter, number))
    units = [f"pdu-{rack.removeprefix('rack-')}-{side}" for side in "ab"]
    ports = [f"psu-{letter}{number}-{supply}" for supply in (1, 2)]
    for port, unit in zip(ports, units, strict=True):
        author.add("PowerPort", port, f"Power supply {port[-1]} of {name.lower()}")
        author.link(key, "HAS_POWER_PORT", port)
        author.link(port, "POWERED_BY", CROWDED_PDU if letter == "b" else unit)
    group = author.group(
        f"grp-psu-{letter}{number}", f"1 of 2 power supplies of {key}", ports, grounded=True
    )
    author.link(key, "POWERED_BY", group)


def _firmware(author: Author, letter: str, number: int) -> str:
    shared = letter == "a"
    key = SHARED_FIRMWARE if shared else f"fw-sto-{letter}{number}"
    if key not in author.draft.rows:
        name = f"Firmware of array {letter.upper()}" + ("" if shared else f", controller {number}")
        author.add(
            "OperatingSystem",
            key,
            name,
            product="CobaltOS",
            software_version="7.2.1",
            vendor="Cobalt",
        )
    return key


def _object_store(author: Author) -> None:
    for key, rack in OBJECT_SERVERS.items():
        name = f"Object server {key[4:].upper()}"
        author.server("Server", key, name, "Orrin R760", rack, memory_mib=262_144.0)
    author.add(
        "ObjectStore", "ostore-main", "Object store over both campuses", capacity_gib=4_194_304.0
    )
    group = author.group(
        "grp-object-servers", "5 of 8 object servers", list(OBJECT_SERVERS), need=5, grounded=True
    )
    author.link("ostore-main", "FORMED_BY", group)
    for key, name, identifier, personal in DATA_SETS:
        author.add(
            "DataSet",
            key,
            name,
            persistent_identifier=identifier,
            contains_personal_data=personal,
        )
        author.link(key, "STORED_ON", "ostore-main")


def _scratch(author: Author) -> None:
    for key, rack in FILE_SERVERS.items():
        name = f"File server {key[-1]} of the scratch space"
        author.server("Server", key, name, "Orrin R760", rack, memory_mib=524_288.0)
    author.add("FileSystem", "fs-scratch", "Scratch space", file_system_type="lustre")
    group = author.group(
        "grp-file-servers", "3 of 4 file servers", list(FILE_SERVERS), need=3, grounded=True
    )
    author.link("fs-scratch", "FORMED_BY", group)
    author.link("fs-scratch", "STORED_ON", "vol-scratch-meta")


def _tape(author: Author) -> None:
    author.racked("TapeLibrary", "tape-s", "Tape library", "Ferrous T-600", "rack-s1-04")
    author.link("tape-s", "UPLINKED_TO", "grp-uplink-s1-2")
    author.add("StoragePool", "pool-archive", "Archive on tape", capacity_gib=8_388_608.0)
    author.link("pool-archive", "STORED_ON", "tape-s", "vol-archive-cache")
