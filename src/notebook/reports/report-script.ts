/**
 * The script of every report, as it stands in the page: draws a figure when it comes near the view, in the colours of
 * the page. Where plotly.min.js is missing beside the page, the static pictures stay.
 */
export const reportScript = `
(function () {
  if (!window.Plotly) return;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function inColour(font, colour) { return Object.assign({}, font, { color: colour }); }
  function withFont(title, colour) {
    var full = typeof title === "string" ? { text: title } : title;
    return Object.assign({}, full, { font: inColour(full.font, colour) });
  }
  // Error bars are drawn in ink; on a dark page ink is light.
  function inPageInk(trace) {
    var text = getComputedStyle(document.documentElement).getPropertyValue("--text").trim();
    var copy = Object.assign({}, trace);
    ["error_x", "error_y"].forEach(function (key) {
      if (copy[key]) copy[key] = Object.assign({}, copy[key], { color: text });
    });
    return copy;
  }
  function inPageColours(layout) {
    var style = getComputedStyle(document.documentElement);
    var line = style.getPropertyValue("--line").trim();
    var text = style.getPropertyValue("--text").trim();
    var copy = Object.assign({}, layout, { autosize: true, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" });
    delete copy.width;
    copy.font = inColour(layout.font, text);
    if (layout.title) copy.title = withFont(layout.title, text);
    ["xaxis", "yaxis"].concat(Object.keys(copy)).forEach(function (key) {
      if (!/^[xy]axis\\d*$/.test(key)) return;
      var axis = Object.assign({}, copy[key], { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true });
      axis.tickfont = inColour(axis.tickfont, text);
      if (axis.title) axis.title = withFont(axis.title, text);
      copy[key] = axis;
    });
    if (copy.legend) copy.legend = Object.assign({}, copy.legend, { font: inColour(copy.legend.font, text) });
    if (window.innerWidth < 600) {
      // A legend breaks into two lines here: the title makes room for it.
      copy.margin = Object.assign({}, layout.margin, { l: 40, r: 12, t: 92 });
      if (copy.title) copy.title = Object.assign({}, copy.title, { yref: "container", y: 0.97, yanchor: "top" });
    }
    return copy;
  }
  function draw(figure) {
    var content = JSON.parse(figure.querySelector("script").textContent);
    var place = figure.querySelector(".drawn");
    place.hidden = false;
    var config = { responsive: true, displaylogo: false, displayModeBar: window.innerWidth < 600 ? false : "hover" };
    window.Plotly.newPlot(place, (content.data || []).map(inPageInk), inPageColours(content.layout || {}), config).then(function () {
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
      window.Plotly.react(place, place.data.map(inPageInk), inPageColours(place.layout));
    });
  });
})();
`;
