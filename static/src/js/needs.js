// A script that only some pages need (`data-needs`, its address) is fetched once, after the page is drawn.
const asked = new Set([...document.scripts].map((script) => script.getAttribute("src")));

function fetchNeeded() {
  for (const element of document.querySelectorAll("[data-needs]")) {
    const address = element.dataset.needs;
    if (asked.has(address)) continue;
    asked.add(address);
    const script = document.createElement("script");
    script.src = address;
    document.head.append(script);
  }
}

document.addEventListener("htmx:afterSettle", fetchNeeded);
if (document.readyState === "complete") fetchNeeded();
else window.addEventListener("load", fetchNeeded);
