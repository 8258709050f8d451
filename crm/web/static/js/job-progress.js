// Follows a job on its page: the server tells by a stream; where none gets through, asks now and then.

const ASK_EVERY_MS = 5_000;
const SILENCE_MS = 8_000;
const PARTIAL = { "HX-Request": "true", "HX-Request-Type": "partial" };

const job = () => document.getElementById("job");

async function refresh() {
  const answer = await fetch(location.pathname, { headers: PARTIAL });
  if (!answer.ok || answer.headers.has("HX-Redirect")) return location.reload();
  const had = job().contains(document.activeElement);
  const before = job().dataset.jobState;
  job().outerHTML = await answer.text();
  if (had) job().focus({ preventScroll: true });
  if (job().dataset.jobState !== before) document.getElementById("live").textContent = job().dataset.jobSaid;
}

function show(news) {
  const bar = document.getElementById("job-progress");
  if (news.state !== job().dataset.jobState || (news.total && !bar)) return refresh();
  if (!bar) return;
  bar.value = news.done;
  document.getElementById("job-done").textContent = news.done;
}

function ask() {
  if (!job().dataset.jobEvents) return;
  refresh().catch(() => {}).finally(() => setTimeout(ask, ASK_EVERY_MS));
}

function follow(address) {
  const stream = new EventSource(address);
  const giveUp = () => {
    stream.close();
    ask();
  };
  let silence = setTimeout(giveUp, SILENCE_MS);
  stream.addEventListener("news", (event) => {
    clearTimeout(silence);
    const news = JSON.parse(event.data);
    if (news.is_final) stream.close();
    show(news);
  });
  stream.addEventListener("ended", () => {
    stream.close();
    location.reload();
  });
  // a stream that ends by itself opens again; one that was refused stays closed
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    clearTimeout(silence);
    giveUp();
  });
}

if (job()?.dataset.jobEvents) follow(job().dataset.jobEvents);
