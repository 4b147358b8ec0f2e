"""What tests of pages in a real browser share."""

from service.assets import asset_path

READER = {"locale": "en-GB", "reduced_motion": "reduce"}
"""Whose pages do not glide: what is to be clicked would have to be waited for."""
SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE = "([runOnly, rules]) => axe.run({runOnly, rules, resultTypes: ['violations']})"
CONTRAST = ("color-contrast", "link-in-text-block")
"""Rules that take two thirds of the time, and tell no two rows of one style apart."""
DROP_ALIKE = """() => {
  const kinds = new Map();
  const styled = ["class", "style", "fill", "role", "type", "lang", "dir"];
  const kindOf = (element) => {
    const own = [...element.attributes].map((a) =>
      styled.includes(a.name) ? a.name + a.value : a.name);
    const below = [...new Set([...element.children].map(kindOf))];
    const short = below.length || Math.min(element.textContent.trim().length, 3);
    const kind = [element.tagName, own, short, below].join("|");
    kinds.set(element, kind);
    return kind;
  };
  const drop = (parent) => {
    const kept = {};
    for (const child of [...parent.children]) {
      const kind = kinds.get(child);
      kept[kind] = (kept[kind] || 0) + 1;
      if (kept[kind] > 2) child.remove();
      else drop(child);
    }
  };
  const whole = document.body;
  whole.replaceWith(whole.cloneNode(true));
  kindOf(document.body);
  drop(document.body);
  putBack = () => document.body.replaceWith(whole);
}"""
"""Keep two of the elements beside each other that differ only in their words, until put back."""

MISFITS = """() => ["rtl", "ltr"].flatMap((direction) => {
  const root = document.documentElement, brand = document.querySelector(".brand");
  root.dir = direction;
  const side = brand && brand.getBoundingClientRect().x > innerWidth / 2 ? "rtl" : "ltr";
  return [root.scrollWidth > innerWidth && "is wider than the window",
    root.scrollLeft !== 0 && "is scrolled aside",
    brand && side !== direction && "has the masthead's name at its end"].filter(Boolean)
    .map((what) => `${direction}: ${what}`);
})"""


def sign_in(page, base, key):
    """Sign in as people do."""
    page.goto(f"{base}/login")
    page.fill("#key", key)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{base}/")


def let_in(page, base, key):
    """Sign in without opening a page, which takes a second of processor time."""
    answer = page.request.post(
        f"{base}/session", form={"key": key}, headers={"Origin": base}, max_redirects=0
    )
    assert answer.status == 303


def serious(page, without=(), only=RULES):
    """What axe finds that is serious, by all rules, all but some, or some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(asset_path("axe-core/axe.min.js").read_text() + ";0")
    asked = [list(only), {rule: {"enabled": False} for rule in without}]
    found = page.evaluate(AXE, asked)["violations"]
    return [
        (v["id"], v["nodes"][0]["html"][:200])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def overflows(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def faults(page):
    """What is wrong with a page at each size: serious findings, and what does not fit.

    It has to fit in a language from right to left too. The whole page is looked through for what
    is no matter of colours, once, on the phone: labels, ids, sizes. Of rows that are alike all
    rules see two on the desktop, and those of colours two on the phone. The page may be used
    afterwards.
    """
    found = []
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        found += [(name, what) for what in page.evaluate(MISFITS)]
    found += [("whole", *one) for one in serious(page, CONTRAST)]
    page.evaluate(DROP_ALIKE)
    found += [("phone", *one) for one in serious(page, only=CONTRAST)]
    width, height = SIZES["desktop"]
    page.set_viewport_size({"width": width, "height": height})
    found += [("desktop", *one) for one in serious(page)]
    page.evaluate("putBack()")
    return found
