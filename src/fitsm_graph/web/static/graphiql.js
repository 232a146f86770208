// GraphiQL on the session of whoever looks at the page: its fetcher, its stream, its examples.
// The libraries are plain scripts that run before this module: React, ReactDOM, GraphiQL.

const ADDRESS = "/graphql";
const HEADERS = { "Content-Type": "application/json", "Fitsm-Page": "1" };
const WELCOME = `# Ask anything of the graph. Ctrl-Enter runs what is here, Ctrl-Space offers what fits.
# Questions that are ready stand under Examples; the book at the left is the schema.
{
  services(first: 10, orderBy: [{ name: ASC }]) {
    nodes { key name state why }
  }
}
`;

// A document may hold several operations; the one that runs decides whether it is a stream.
function isStream({ query, operationName }) {
  const name = operationName ? `\\s+${operationName}\\b` : "\\b";
  return new RegExp(`^\\s*subscription${name}`, "m").test(query);
}

const send = (asked, accept, signal) =>
  fetch(ADDRESS, {
    method: "POST",
    credentials: "same-origin",
    headers: { ...HEADERS, Accept: accept },
    body: JSON.stringify(asked),
    signal,
  });

async function* parts(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    let end = text.indexOf("\n\n");
    for (; end >= 0; end = text.indexOf("\n\n")) {
      yield text.slice(0, end).split("\n");
      text = text.slice(end + 2);
    }
  }
}

const valueOf = (lines, name) =>
  lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trimStart() ?? "";

async function* told(asked, stop) {
  try {
    const response = await send(asked, "text/event-stream", stop.signal);
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
      yield await response.json();
      return;
    }
    for await (const lines of parts(response)) {
      const name = valueOf(lines, "event");
      if (name === "complete") return;
      if (name === "next") yield JSON.parse(valueOf(lines, "data"));
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

// A generator that waits for the next event cannot be told to stop: the request behind it is ended.
function stream(asked) {
  const stop = new AbortController();
  const events = told(asked, stop);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => events.next(),
    return: () => {
      stop.abort();
      return events.return();
    },
  };
}

async function answer(asked) {
  const response = await send(asked, "application/json");
  if (response.status === 401) {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  return response.json();
}

const fetcher = (asked) => (isStream(asked) ? stream(asked) : answer(asked));

// What stands in the toolbar is inside GraphiQL, and so can reach its editors.
let editors = null;

function Reach() {
  editors = GraphiQL.React.useEditorContext({ nonNull: true });
  return null;
}

function openInTab(example) {
  editors.addTab();
  setTimeout(() => {
    editors.queryEditor?.setValue(example.query);
    editors.variableEditor?.setValue(example.variables);
    editors.queryEditor?.focus();
  });
}

function offer(examples) {
  const form = document.getElementById("examples");
  const choice = document.getElementById("example");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  choice.addEventListener("change", () => {
    const chosen = examples.find((each) => each.name === choice.value);
    if (chosen) openInTab(chosen);
    choice.value = "";
  });
}

function begin() {
  const { examples, opened } = JSON.parse(document.getElementById("graphiql-data").textContent);
  if (!window.GraphiQL || !window.React || !window.ReactDOM) return;
  const { createElement: make } = React;
  const given = opened ? { query: opened.query, variables: opened.variables } : {};
  const settings = {
    fetcher,
    defaultQuery: WELCOME,
    defaultEditorToolsVisibility: "variables",
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
    toolbar: { additionalContent: make(Reach) },
    ...given,
  };
  ReactDOM.createRoot(document.getElementById("graphiql")).render(make(GraphiQL, settings));
  offer(examples);
}

begin();
