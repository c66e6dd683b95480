package tokenbroker.sandbox.trackmage;

import jakarta.ws.rs.core.Response;
import tokenbroker.pages.Html;
import tokenbroker.pages.HumanTime;
import tokenbroker.sandbox.web.BrowserResponses;

/**
 * The page that asks a user whether a client may use their account. The form is posted to the URL
 * of the page, including its query. So the page contains only two things from the request: the
 * client's id, and the address to which the user returns.
 */
final class ConsentPage {

  private static final String TITLE = "Allow access to TrackMage?";

  private ConsentPage() {}

  static Response ask(AuthorizationRequest request, TokenLifetimes lifetimes) {
    return page(200, request, lifetimes, Html.EMPTY);
  }

  static Response askAgain(AuthorizationRequest request, TokenLifetimes lifetimes) {
    return page(
        400,
        request,
        lifetimes,
        new Html(
            """
            <p class="note bad" role="alert" id="error">This is not an e-mail address. Type one such as carol@sandbox.invalid.</p>
            """));
  }

  /** Returns a page that shows an error to the user. The client does not receive it. */
  static Response error(String message) {
    var content =
        Html.of(
            """
            <p class="eyebrow">TrackMage, simulated</p>
            <div class="card">
            <h1>This link does not work</h1>
            <p>{}</p>
            <p>Go back to the application that sent you here and start again. Nothing was allowed.</p>
            </div>
            """,
            message);
    return BrowserResponses.page(400, "This link does not work", content).build();
  }

  private static Response page(
      int status, AuthorizationRequest request, TokenLifetimes lifetimes, Html error) {
    var content =
        Html.of(
            """
            <p class="eyebrow">TrackMage, simulated</p>
            <h1>{}</h1>
            <p class="lead">The application <strong>{}</strong> asks to use a TrackMage account of yours.</p>
            {}{}{}""",
            TITLE,
            request.clientId(),
            error,
            grant(request, lifetimes),
            form(error.equals(Html.EMPTY) ? "hint" : "error hint"));
    return BrowserResponses.page(status, TITLE, content).build();
  }

  private static Html grant(AuthorizationRequest request, TokenLifetimes lifetimes) {
    return Html.of(
        """
        <section class="card" aria-label="What you allow">
        <dl class="facts">
        <dt>It may</dt><dd>read and change what is in your workspace (scope <code>{}</code>)</dd>
        <dt>For how long</dt><dd>until you disconnect it, or until it has not used the account for {}</dd>
        <dt>You return to</dt><dd>{}</dd>
        </dl>
        </section>
        """,
        TrackMageLookAlike.SCOPE,
        HumanTime.amount(lifetimes.refreshToken()),
        request.redirectUri());
  }

  private static Html form(String describedBy) {
    return Html.of(
        """
        <form method="post" class="card">
        <fieldset>
        <legend>Which account?</legend>
        {}<label for="other">Another address</label>
        <input type="email" id="other" name="other" maxlength="165" autocomplete="off" aria-describedby="{}">
        <p id="hint" class="quiet small">An address that you type here is used instead. Every address has an account; there are \
        no passwords.</p>
        </fieldset>
        <div class="actions">
        <button class="primary" name="decision" value="allow">Allow</button>
        <button name="decision" value="deny" formnovalidate>Deny</button>
        </div>
        </form>
        """,
        Html.joined(Users.SUGGESTED.stream().map(ConsentPage::choice).toList()),
        describedBy);
  }

  private static Html choice(String user) {
    return Html.of(
        """
        <label class="choice"><input type="radio" name="user" value="{}"{}> <span>{}<br>\
        <span class="quiet small">Workspace: {}</span></span></label>
        """,
        user,
        new Html(user.equals(Users.SUGGESTED.getFirst()) ? " checked" : ""),
        user,
        WorkspacesResource.titleOf(user));
  }
}
