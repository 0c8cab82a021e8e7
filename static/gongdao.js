// Enrichment only: every page works without this file.
(function () {
  "use strict";

  // Whatever htmx sends carries the token that the page was given.
  document.addEventListener("htmx:configRequest", function (event) {
    var token = document.querySelector('meta[name="csrf-token"]');
    if (token && event.detail.verb !== "get") {
      event.detail.headers["X-CSRFToken"] = token.content;
    }
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", function () {
    // Going back after somebody logged out must not show their page again.
    var mark = document.querySelector('meta[name="gongdao-mark"]');
    if (mark && document.cookie.indexOf("gongdao_mark=" + mark.content) < 0) {
      document.documentElement.hidden = true;
      location.reload();
      return;
    }
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });
})();
