// A script that only some pages need (`data-needs`, its address) is fetched once, when the page is drawn and that comes near.
const asked = new Set([...document.scripts].map((script) => script.getAttribute("src")));

function fetchOnce(address) {
  if (asked.has(address)) return;
  asked.add(address);
  const script = document.createElement("script");
  script.src = address;
  document.head.append(script);
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      fetchOnce(target.dataset.needs);
    }
  },
  { rootMargin: "200px" },
);

function watch() {
  for (const element of document.querySelectorAll("[data-needs]")) if (!asked.has(element.dataset.needs)) near.observe(element);
}

document.addEventListener("htmx:afterSettle", watch);
if (document.readyState === "complete") watch();
else window.addEventListener("load", watch);
