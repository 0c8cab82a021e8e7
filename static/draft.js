// What is typed into a form marked data-keep survives a reload; it is forgotten once sent or logged out.
(function () {
  "use strict";

  var PREFIX = "gongdao.draft.";
  var mark = document.querySelector('meta[name="gongdao-mark"]');
  var mine = mark ? PREFIX + mark.content + "." : null;

  // Drafts name customers: those of another log-in are not kept on a shared machine.
  Object.keys(localStorage).forEach(function (key) {
    if (key.indexOf(PREFIX) === 0 && (!mine || key.indexOf(mine) !== 0)) {
      localStorage.removeItem(key);
    }
  });
  if (!mine) {
    return;
  }

  // Only now do the look-ups listen that a restored field sets off.
  document.addEventListener("DOMContentLoaded", function () {
    var form = document.querySelector("form[data-keep]");
    forgetWhatArrived(form);
    if (form) {
      keep(form, mine + form.dataset.keep);
    }
  });

  // A form was sent; if the next page is another one, it was accepted.
  function forgetWhatArrived(present) {
    Object.keys(localStorage).forEach(function (key) {
      var sent = key.indexOf(mine) === 0 && key.slice(-5) === ".sent";
      if (!sent) {
        return;
      }
      var name = key.slice(mine.length, -5);
      localStorage.removeItem(key);
      if (!present || present.dataset.keep !== name) {
        localStorage.removeItem(mine + name);
      }
    });
  }

  function keep(form, key) {
    var pause;
    bringBack(form, key);
    form.addEventListener("input", function () {
      clearTimeout(pause);
      pause = setTimeout(function () {
        localStorage.setItem(key, JSON.stringify(typed(form)));
        say(form);
      }, 400);
    });
    form.addEventListener("submit", function () {
      clearTimeout(pause);
      localStorage.setItem(key, JSON.stringify(typed(form)));
      localStorage.setItem(key + ".sent", "yes");
    });
  }

  function fields(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && ["hidden", "file", "submit", "button"].indexOf(field.type) < 0;
    });
  }

  function isPick(field) {
    return field.type === "radio" || field.type === "checkbox";
  }

  function typed(form) {
    var values = {};
    fields(form).forEach(function (field) {
      if (!isPick(field)) {
        values[field.name] = field.value;
      } else if (field.checked) {
        values[field.name] = field.value;
      }
    });
    return values;
  }

  function bringBack(form, key) {
    var values = JSON.parse(localStorage.getItem(key) || "null");
    // What a person typed and the server gave back stays; a day that the form proposes itself is no text.
    var hasText = fields(form).some(function (field) {
      return !isPick(field) && field.tagName !== "SELECT" && field.type !== "date" && field.value;
    });
    if (!values || hasText) {
      return;
    }
    fields(form).forEach(function (field) {
      if (isPick(field)) {
        field.checked = field.checked || values[field.name] === field.value;
      } else if (values[field.name]) {
        field.value = values[field.name];
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
    say(form);
  }

  function say(form) {
    var place = form.querySelector("[data-kept]");
    if (place) {
      var now = new Date();
      place.textContent = place.dataset.kept + " " + now.toTimeString().slice(0, 5);
    }
  }
})();
