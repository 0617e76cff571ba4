import Crypto
import HTTPTypes
import Hummingbird
import Markup
import NIOCore
import SyncEngine

/// The console's own stylesheet, script and icon: named by what is in them, so that browsers may keep them for ever.
enum ConsoleAssets {
    static let stylesheetPath = path("console", ".css", Stylesheet.source)
    static let scriptPath = path("console", ".js", Script.source)
    static let iconPath = path("icon", ".svg", icon)

    private static func path(_ name: String, _ ending: String, _ source: String) -> String {
        "/assets/\(name)-\(Hash256(of: Array(source.utf8)).description.prefix(12))\(ending)"
    }

    private static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M4 15 16 5l12 10v13H4z" fill="#1d4f91"/>\
        <path d="M13 28v-8h6v8z" fill="#fff"/></svg>
        """

    static func register(in router: Router<ConnectionContext>, isPlain: Bool) {
        for (path, type, source) in [
            (stylesheetPath, "text/css; charset=utf-8", Stylesheet.source),
            (scriptPath, "text/javascript; charset=utf-8", Script.source), (iconPath, "image/svg+xml", icon),
        ] {
            router.get(RouterPath(path)) { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: type, .cacheControl: "public, max-age=31536000, immutable"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: source)))
            }
        }
        router.get("/openapi.yaml") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/yaml"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: OpenAPI.text)))
        }
        router.get("/language/{code}") { request, context in
            let input = ConsoleInput(request, isPlain: isPlain)
            let code = context.parameters.get("code") == "en" ? "en" : "zh"
            var response = ConsoleHandler.redirect(to: ConsoleHandler.place((try? input.query())?["next"]))
            response.setCookie(
                Cookie(
                    name: ConsoleInput.languageCookie, value: code, maxAge: 31_536_000, path: "/", httpOnly: true,
                    sameSite: .lax))
            return response
        }
    }
}

/// The only script: brings live pages up to date, and asks before a form that was begun is left.
enum Script {
    static let source = """
        "use strict";
        (function () {
          var main = document.querySelector("main[data-live]");
          var dirty = false;
          document.addEventListener("input", function (event) {
            var form = event.target.form;
            if (form && form.method === "post" && form.getAttribute("role") !== "search") dirty = true;
          });
          document.addEventListener("submit", function () { dirty = false; });
          window.addEventListener("beforeunload", function (event) { if (dirty) event.preventDefault(); });
          document.addEventListener("change", function (event) {
            var target = event.target.dataset && document.getElementById(event.target.dataset.fills || "");
            var file = target && event.target.files && event.target.files[0];
            if (!file) return;
            file.arrayBuffer().then(function (bytes) {
              var text;
              try { text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); }
              catch (error) { text = new TextDecoder("gb18030").decode(bytes); }
              target.value = text;
              dirty = true;
            });
          });
          if (!main || !window.EventSource) return;
          var source = null;
          // A page that nobody sees holds no connection: a browser has six for all its pages.
          function listen() {
            if (document.hidden) { if (source) source.close(); source = null; return; }
            if (source) return;
            source = new EventSource("/events");
            source.addEventListener("changed", changed);
          }
          function changed(event) {
            if (event.data === main.dataset.live || dirty) return;
            fetch(location.href, { headers: { "Accept": "text/html" }, credentials: "same-origin" })
              .then(function (answer) {
                if (!answer.ok || answer.redirected) throw new Error("away");
                return answer.text();
              })
              .then(function (text) {
                if (dirty) return;
                var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main[data-live]");
                if (!fresh) return;
                var focus = document.activeElement && document.activeElement.id;
                var open = Array.prototype.map.call(main.querySelectorAll("details[id][open]"), function (one) {
                  return one.id;
                });
                main.replaceChildren.apply(main, Array.prototype.slice.call(document.adoptNode(fresh).childNodes));
                main.dataset.live = fresh.dataset.live;
                open.forEach(function (id) { var one = document.getElementById(id); if (one) one.open = true; });
                if (focus && document.getElementById(focus)) document.getElementById(focus).focus();
              })
              .catch(function () { });
          }
          document.addEventListener("visibilitychange", listen);
          listen();
        })();
        """
}
