/**
 * The script of every report, as it stands in the page: draws a figure when it comes near the view, in the colours of
 * the page. Where plotly.min.js is missing beside the page, the static pictures stay.
 */
export const reportScript = `
(function () {
  if (!window.Plotly) return;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function inPageColours(layout) {
    var style = getComputedStyle(document.documentElement);
    var line = style.getPropertyValue("--line").trim();
    var text = style.getPropertyValue("--text").trim();
    var copy = Object.assign({}, layout, { autosize: true, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" });
    delete copy.width;
    copy.font = Object.assign({}, layout.font, { color: text });
    ["xaxis", "yaxis"].concat(Object.keys(copy)).forEach(function (key) {
      if (/^[xy]axis\\d*$/.test(key)) {
        copy[key] = Object.assign({}, copy[key], { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true });
      }
    });
    if (window.innerWidth < 600) {
      copy.legend = Object.assign({}, copy.legend, { orientation: "h", y: -0.25 });
      copy.margin = { l: 40, r: 12, t: 56, b: 48 };
    }
    return copy;
  }
  function draw(figure) {
    var content = JSON.parse(figure.querySelector("script").textContent);
    var place = figure.querySelector(".drawn");
    place.hidden = false;
    var config = { responsive: true, displaylogo: false, displayModeBar: window.innerWidth < 600 ? false : "hover" };
    window.Plotly.newPlot(place, content.data || [], inPageColours(content.layout || {}), config).then(function () {
      figure.querySelector(".static").hidden = true;
      figure.dataset.drawn = "yes";
    }, function () {
      place.hidden = true;
    });
  }
  var figures = Array.prototype.slice.call(document.querySelectorAll("figure.chart"));
  var watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      watcher.unobserve(entry.target);
      draw(entry.target);
    });
  }, { rootMargin: "400px" });
  figures.forEach(function (figure) { watcher.observe(figure); });
  dark.addEventListener("change", function () {
    figures.filter(function (figure) { return figure.dataset.drawn; }).forEach(function (figure) {
      var place = figure.querySelector(".drawn");
      window.Plotly.relayout(place, inPageColours(place.layout));
    });
  });
})();
`;
