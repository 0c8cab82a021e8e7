"""Somebody at the browser. Every page they come to is looked at: that the answer is the expected one, that
nothing failed or was forbidden, that no automated accessibility rule is broken, that nothing scrolls sideways."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from workflow.password import DEMO_PASSWORD

# What was judged before need not be judged again: elements by what they are and where, for each width of the window.
JUDGED: dict[int, set[str]] = {}
# Tag, class and names of attributes of each element, from the body down.
NEW_ELEMENTS = """(judged) => {
  const known = new Set(judged), told = new Map();
  const itself = ["class", "role", "type", "style"];
  const tell = (element) => {
    const names = element.getAttributeNames().map((n) => (itself.includes(n) ? n + "=" + element.getAttribute(n) : n));
    const above = element === document.body ? "" : told.get(element.parentElement) + " > ";
    told.set(element, above + element.localName + "[" + names.join() + "]");
    return told.get(element);
  };
  const isNew = (element) => !known.has(tell(element)) && known.add(told.get(element));
  window.newElements = [...document.querySelectorAll("body, body *")].filter(isNew);
  return window.newElements.map((element) => told.get(element));
}"""
# Colours take longest and are judged where they are new; all else is judged on the whole page.
BARRIERS = """async () => {
  const resultTypes = ["violations"];
  const all = await axe.run({resultTypes, rules: {"color-contrast": {enabled: false}}});
  const colours = await axe.run({include: window.newElements}, {resultTypes, runOnly: ["color-contrast"]});
  return [...all.violations, ...colours.violations];
}"""
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > window.innerWidth"
LONGEST_SNIPPET = 200
# What the browser saves and does not show.
SAVED = (".pdf", ".zip")


class Watch:
    """What goes wrong in a browser without anybody seeing it."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _console(self, message: ConsoleMessage) -> None:
        # Answers with an error are judged by themselves, below and in Visitor.look.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # Whoever leaves a page gives up what it was still asking for, and so does what is saved.
        given_up = not request.is_navigation_request() or any(end in request.url for end in SAVED)
        if not (given_up and request.failure == "net::ERR_ABORTED"):
            self.faults.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.faults.append(f"{response.status} {response.url}")


class Visitor:
    """One browser of one person, with its own cookies; `page` is what they have before them."""

    def __init__(self, context: BrowserContext, address: str, *, javascript: bool = True) -> None:
        self.context, self.address, self.has_javascript = context, address, javascript
        self.watch = Watch(context)
        self.page: Page = context.new_page()

    def go(self, path: str, *, status: int = 200) -> Page:
        """Open an address and look at what comes."""
        response = self.page.goto(self.address + path)
        assert response is not None
        return self._came(response, status)

    def press(self, name: str, *, within: str = "main", status: int = 200) -> Page:
        """Press a button that sends a form."""
        button = self.page.locator(within).get_by_role("button", name=name, exact=True)
        return self.leave_by(button.locator("visible=true").first, status=status)

    def follow(self, name: str, *, within: str = "main", status: int = 200) -> Page:
        """Follow a link; `name` is a part of its words."""
        link = self.page.locator(within).get_by_role("link", name=name)
        return self.leave_by(link.locator("visible=true").first, status=status)

    def leave_by(self, link_or_button: Locator, *, status: int = 200) -> Page:
        with self.page.expect_navigation() as arrived:
            link_or_button.click()
        return self._came(arrived.value, status)

    def strike(self, *keys: str, status: int = 200) -> Page:
        """Strike keys, the last of which leads to another page."""
        for key in keys[:-1]:
            self.page.keyboard.press(key)
        with self.page.expect_navigation() as arrived:
            self.page.keyboard.press(keys[-1])
        return self._came(arrived.value, status)

    def log_in(self, username: str, password: str = DEMO_PASSWORD, *, status: int = 200) -> "Visitor":
        self.go("/login")
        return self.answer_log_in(username, password, status=status)

    def answer_log_in(self, username: str, password: str = DEMO_PASSWORD, *, status: int = 200) -> "Visitor":
        """Fill in the log-in page that is shown already."""
        self.page.locator("#user").fill(username)
        self.page.locator("#password").fill(password)
        self.leave_by(self.page.locator("form button[type=submit]"), status=status)
        return self

    def look(self) -> None:
        """Judge the page as it stands now."""
        assert self.watch.faults == []
        assert not self.page.evaluate(SCROLLS_SIDEWAYS), f"{self.page.url} scrolls sideways"
        if not self.has_javascript:
            return  # the accessibility rules are a script themselves; with JavaScript the same pages are judged
        judged = JUDGED.setdefault(self.page.viewport_size["width"], set())
        if new := self.page.evaluate(NEW_ELEMENTS, list(judged)):
            assert not (barriers := _barriers(self.page)), f"{self.page.url}\n{barriers}"
            judged.update(new)

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def sees_no(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("body")).not_to_contain_text(text)

    def _came(self, response: Response, status: int) -> Page:
        assert response.status == status, f"{response.status} {response.url}\n{self.page.locator('main').inner_text()}"
        self.look()
        return self.page


def _barriers(page: Page) -> str:
    """What the accessibility rules find, one line for each place."""
    page.evaluate(Axe().axe_script)
    violations = page.evaluate(BARRIERS)
    return "\n".join(
        f"{violation['id']}: {violation['help']}\n    {node['html'][:LONGEST_SNIPPET]}\n    {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    )
