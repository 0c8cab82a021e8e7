// A checklist on a phone that is often without a connection: every answer and photo is kept on the phone until the
// server has it, and sent when the connection is back. Without this script each module is sent by its own button.
(function () {
  "use strict";

  var root = document.getElementById("checklist");
  var mark = document.querySelector('meta[name="gongdao-mark"]');
  if (!root || !mark) {
    return;
  }
  // Under the drafts' own prefix: what another log-in wrote is forgotten with its drafts.
  var prefix = "gongdao.draft." + mark.content + ".inspection." + root.dataset.number + ".";
  var forms = Array.prototype.slice.call(root.querySelectorAll("form[data-module]"));
  var state = root.querySelector("[data-state]");
  var bar = root.querySelector(".insp-running");
  var busy = {};
  var pauses = {};

  forms.forEach(function (form) {
    bringBack(form);
    form.addEventListener("input", function (event) {
      if (event.target.type === "file") {
        return;
      }
      keep(form);
      count();
      clearTimeout(pauses[form.dataset.module]);
      pauses[form.dataset.module] = setTimeout(function () { send(form); }, 1200);
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      keep(form);
      send(form, true);
    });
    form.querySelectorAll('input[type="file"]').forEach(function (input) {
      input.addEventListener("change", function () { takePhotos(form, input); });
    });
  });
  window.addEventListener("online", sendAll);
  window.addEventListener("offline", function () { say(root.dataset.waiting, true); });
  setInterval(function () { if (navigator.onLine) { sendAll(); } }, 20000);
  count();
  sendAll();

  function key(form) {
    return prefix + form.dataset.module;
  }

  function factors(form) {
    return Array.prototype.slice.call(form.querySelectorAll("[data-factor]"));
  }

  function answerOf(factor) {
    var chosen = factor.querySelector('input[type="radio"]:checked');
    return chosen ? chosen.value : "";
  }

  function keep(form) {
    var kept = {};
    factors(form).forEach(function (factor) {
      kept[factor.dataset.factor] = {
        answer: answerOf(factor),
        note: factor.querySelector("textarea").value,
        base: factor.querySelector('input[name^="base."]').value,
        clash: factor.querySelector("[data-clash]").textContent
      };
    });
    try {
      localStorage.setItem(key(form), JSON.stringify(kept));
    } catch (error) {
      say(root.dataset.full, true);
    }
  }

  // What was written here and not sent yet stands before what the server has, on the revision that it was written on.
  function bringBack(form) {
    var kept = JSON.parse(localStorage.getItem(key(form)) || "null");
    if (!kept) {
      return;
    }
    factors(form).forEach(function (factor) {
      var one = kept[factor.dataset.factor];
      if (!one) {
        return;
      }
      factor.querySelectorAll('input[type="radio"]').forEach(function (radio) {
        if (one.answer) {
          radio.checked = radio.value === one.answer;
        }
      });
      var note = factor.querySelector("textarea");
      if (one.note) {
        note.value = one.note;
        note.closest("details").open = true;
      }
      factor.querySelector('input[name^="base."]').value = one.base;
      factor.querySelector("[data-clash]").textContent = one.clash;
    });
  }

  function isComplete(form) {
    return factors(form).every(function (factor) {
      return answerOf(factor) || !factor.querySelector("textarea").value;
    });
  }

  // What clashes with another's answer is sent by the button alone: whoever wrote it decides.
  function send(form, isAsked) {
    var kept = localStorage.getItem(key(form));
    if (!kept || busy[form.dataset.module]) {
      return Promise.resolve();
    }
    var body = new FormData();
    var clashing = factors(form).filter(clashes).map(function (factor) { return "answer." + factor.dataset.factor; });
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && (isAsked || clashing.indexOf(name) === -1)) {
        body.append(name, value);
      }
    });
    busy[form.dataset.module] = true;
    say(root.dataset.sending, false);
    return post(form.action, body).then(function (told) {
      busy[form.dataset.module] = false;
      if (told.problem) {
        say(told.problem, true);
        return;
      }
      Object.keys(told.revisions).forEach(function (name) { settle(form, name, told.revisions[name], ""); });
      told.clashes.forEach(function (clash) { settle(form, clash.factor, clash.revision, clash.words); });
      if (localStorage.getItem(key(form)) !== kept) {
        // More was written while this was on its way; it goes on the revisions that stand now.
        keep(form);
        return send(form);
      }
      // A note without an answer, and what clashes, stay on the phone: the server has not kept them.
      if (!factors(form).some(clashes) && isComplete(form)) {
        localStorage.removeItem(key(form));
      } else {
        keep(form);
      }
      done();
    }, function (error) {
      busy[form.dataset.module] = false;
      say(error === "login" ? root.dataset.login : root.dataset.waiting, true);
    });
  }

  function clashes(factor) {
    return factor.querySelector("[data-clash]").textContent !== "";
  }

  function settle(form, name, revision, words) {
    var factor = form.querySelector('[data-factor="' + name + '"]');
    factor.querySelector('input[name^="base."]').value = revision;
    factor.querySelector("[data-clash]").textContent = words;
  }

  function post(url, body) {
    return fetch(url, {
      method: "POST", body: body, credentials: "same-origin", redirect: "manual",
      headers: { Accept: "application/json" }
    }).then(function (answer) {
      if (answer.type === "opaqueredirect" || answer.status === 401) {
        throw "login";
      }
      var isTold = (answer.headers.get("Content-Type") || "").indexOf("application/json") === 0;
      if (!isTold) {
        throw answer.status === 400 ? "login" : "away";
      }
      return answer.json();
    });
  }

  function sendAll() {
    forms.reduce(function (before, form) {
      return before.then(function () { return send(form); });
    }, Promise.resolve()).then(sendPhotos);
  }

  function say(words, isWaiting) {
    state.textContent = words;
    bar.classList.toggle("is-waiting", isWaiting);
  }

  function done() {
    var waits = forms.some(function (form) { return localStorage.getItem(key(form)); });
    if (!waits) {
      say(root.dataset.kept + " " + new Date().toTimeString().slice(0, 5), false);
    } else {
      say("", false);
    }
  }

  // The score so far, as the server will count it: what was not seen gives nothing and takes nothing.
  function count() {
    var score = 0;
    var answered = 0;
    forms.forEach(function (form) {
      var here = 0;
      factors(form).forEach(function (factor) {
        var answer = answerOf(factor);
        score += answer === "met" ? Number(factor.dataset.points) : answer === "missed" ? Number(factor.dataset.missed) : 0;
        here += answer ? 1 : 0;
      });
      form.closest("details").querySelector("[data-part]").textContent = here;
      answered += here;
    });
    root.querySelector("[data-answered]").textContent = answered;
    root.querySelector("[data-score]").textContent = String(Math.round(score * 100) / 100).replace("-", "\u2212");
  }

  // --- photos: made smaller, kept in the phone's own database, sent one by one

  var LONGEST_SIDE = 1600;

  function store(mode, act) {
    return new Promise(function (resolve, reject) {
      var opening = indexedDB.open("gongdao.photos", 1);
      opening.onupgradeneeded = function () {
        opening.result.createObjectStore("photos", { keyPath: "id", autoIncrement: true });
      };
      opening.onerror = function () { reject(opening.error); };
      opening.onsuccess = function () {
        var deal = opening.result.transaction("photos", mode);
        var asked = act(deal.objectStore("photos"));
        deal.oncomplete = function () { opening.result.close(); resolve(asked.result); };
        deal.onerror = deal.onabort = function () { opening.result.close(); reject(deal.error); };
      };
    });
  }

  function takePhotos(form, input) {
    var factor = input.closest("[data-factor]").dataset.factor;
    var files = Array.prototype.slice.call(input.files);
    Promise.all(files.map(smaller)).then(function (photos) {
      return photos.reduce(function (before, photo, place) {
        return before.then(function () {
          return store("readwrite", function (photos) {
            return photos.add({ prefix: prefix, factor: factor, blob: photo, name: nameOf(files[place], photo) });
          });
        });
      }, Promise.resolve());
    }).then(function () {
      input.value = "";
      return countPhotos();
    }).then(sendPhotos, function () { say(root.dataset.full, true); });
  }

  function nameOf(file, photo) {
    return photo === file ? file.name : file.name.replace(/\.[^.]*$/, "") + ".jpg";
  }

  // A picture that the browser cannot draw goes as it is; the server says whether it takes it.
  function smaller(file) {
    if (!window.createImageBitmap) {
      return Promise.resolve(file);
    }
    return createImageBitmap(file).then(function (picture) {
      var scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) {
        canvas.toBlob(function (blob) { resolve(blob || file); }, "image/jpeg", 0.85);
      });
    }, function () { return file; });
  }

  function mine() {
    return store("readonly", function (photos) { return photos.getAll(); }).then(function (all) {
      return all.filter(function (photo) { return photo.prefix === prefix; });
    });
  }

  var sending = false;

  function sendPhotos() {
    if (sending) {
      return;
    }
    sending = true;
    mine().then(function (waiting) {
      return waiting.reduce(function (before, photo) {
        return before.then(function () { return sendPhoto(photo); });
      }, Promise.resolve());
    }).catch(function (error) {
      say(error === "login" ? root.dataset.login : root.dataset.waiting, true);
    }).then(function () { sending = false; return countPhotos(); });
  }

  function sendPhoto(photo) {
    var factor = root.querySelector('[data-factor="' + photo.factor + '"]');
    var form = factor && factor.closest("form");
    if (!form) {
      return Promise.resolve();
    }
    var body = new FormData();
    body.append("csrf_token", form.querySelector('input[name="csrf_token"]').value);
    body.append("photo", photo.blob, photo.name);
    return post(form.dataset.photoUrl.replace("FACTOR", photo.factor), body).then(function (told) {
      factor.querySelector("[data-photo-problem]").textContent = told.problem || "";
      if (told.photos !== undefined) {
        factor.dataset.photos = told.photos;
      }
      return store("readwrite", function (photos) { return photos.delete(photo.id); });
    });
  }

  function countPhotos() {
    return mine().then(function (waiting) {
      root.querySelectorAll("[data-factor]").forEach(function (factor) {
        var wait = waiting.filter(function (photo) { return photo.factor === factor.dataset.factor; }).length;
        var words = [];
        if (factor.dataset.photos) {
          words.push(root.dataset.photos.replace("NUM", factor.dataset.photos));
        }
        if (wait) {
          words.push(root.dataset.photosWaiting.replace("NUM", wait));
        }
        if (words.length) {
          factor.querySelector("[data-photo-count]").textContent = " · " + words.join(" · ");
        }
      });
    });
  }
})();
