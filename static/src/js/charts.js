// Columns by day, stacked by project: a picture of the table beside it, which says the same to whoever does not see it.
import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);
const charts = new Map(); // canvas → chart

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function colourOf(name) {
  const dot = document.createElement("span");
  dot.className = name === "none" ? "dot chart-none" : `dot dot-${name}`;
  document.body.append(dot);
  const { backgroundColor } = getComputedStyle(dot);
  dot.remove();
  return backgroundColor;
}

function draw(canvas) {
  charts.get(canvas)?.destroy();
  const { labels, links, series } = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const chart = new Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: series.map(({ label, color, seconds, words }) => ({
        label,
        words,
        data: seconds,
        backgroundColor: colourOf(color),
        borderColor: style("--color-base-100"),
        borderWidth: { top: 1 },
        borderSkipped: false,
        categoryPercentage: 0.9,
        barPercentage: 0.9,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      onClick: (_event, [column]) => column && window.location.assign(links[column.index]),
      onHover: (event, columns) => (event.native.target.style.cursor = columns.length ? "pointer" : ""),
      plugins: {
        tooltip: {
          filter: ({ raw }) => raw > 0,
          callbacks: { label: ({ dataset, dataIndex }) => ` ${dataset.label}  ${dataset.words[dataIndex]}` },
        },
      },
      scales: {
        // Up to a week, the page names the days below, as links.
        x: { stacked: true, display: labels.length > 7, grid: { display: false }, ticks: { color: style("--color-soft"), maxRotation: 0, autoSkipPadding: 12 } },
        y: { stacked: true, display: false },
      },
    },
  });
  charts.set(canvas, chart);
}

function drawAll() {
  for (const [canvas, chart] of charts) {
    if (canvas.isConnected) continue;
    chart.destroy();
    charts.delete(canvas);
  }
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) if (!charts.has(canvas)) draw(canvas);
}

const redraw = () => [...charts.keys()].forEach(draw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme", "data-look"] });
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
document.addEventListener("htmx:afterSettle", drawAll);
drawAll();
