// Whether this device goes through Eventscope, and whether it trusts it. Both ask a host that
// exists nowhere but in the proxy.
(function () {
  "use strict";
  const host = document.body.dataset.probe;
  const button = document.getElementById("check");

  async function asks(scheme) {
    const ends = new AbortController();
    const timer = setTimeout(() => ends.abort(), 5000);
    try {
      const answer = await fetch(`${scheme}://${host}/`, { cache: "no-store", signal: ends.signal });
      return (await answer.json()).eventscope === true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  function say(id, isGood, good, bad) {
    const line = document.getElementById(id);
    line.textContent = isGood ? `\u2713 ${good}` : `\u2715 ${bad}`;
    line.className = `state ${isGood ? "good" : "bad"}`;
  }

  async function check() {
    button.disabled = true;
    const goesThrough = await asks("http");
    say("proxy", goesThrough, "It goes through Eventscope.", "It does not go through Eventscope yet.");
    const trusts = goesThrough && (await asks("https"));
    say("trust", trusts, "It is trusted.", "It is not trusted yet.");
    document.title = trusts ? "\u2713 Eventscope works here" : "Eventscope on this device";
    button.disabled = false;
  }

  button.addEventListener("click", check);
  check();
})();
