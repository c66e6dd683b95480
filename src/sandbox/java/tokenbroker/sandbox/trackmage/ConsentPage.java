package tokenbroker.sandbox.trackmage;

import jakarta.ws.rs.core.Response;
import tokenbroker.pages.Html;
import tokenbroker.sandbox.web.BrowserResponses;

/**
 * The page that asks a user whether a client may use their account. The form is posted to the URL
 * of the page, including its query. So the page contains only the client's id from the request.
 */
final class ConsentPage {

  private static final String TITLE = "Allow access to TrackMage?";

  private ConsentPage() {}

  static Response ask(AuthorizationRequest request) {
    return page(200, request, Html.EMPTY);
  }

  static Response askAgain(AuthorizationRequest request) {
    return page(
        400,
        request,
        new Html(
            """
            <p class="note" role="alert" id="error">This is not an e-mail address. Type one such as carol@sandbox.invalid.</p>
            """));
  }

  /** Returns a page that shows an error to the user. The client does not receive it. */
  static Response error(String message) {
    var content = Html.of("<p>{}</p>\n", message);
    return BrowserResponses.page(400, "This link does not work", content).build();
  }

  private static Response page(int status, AuthorizationRequest request, Html error) {
    var describedBy = error.equals(Html.EMPTY) ? "hint" : "error hint";
    var content =
        Html.of(
            """
            <p>The application <strong>{}</strong> asks to use your TrackMage account.</p>
            {}<form method="post">
            <fieldset>
            <legend>Your account</legend>
            {}<label for="other">Another address</label>
            <input type="email" id="other" name="other" maxlength="165" autocomplete="off" aria-describedby="{}">
            <p id="hint">If you type an address here, it is used instead. Every address has an account; there are no passwords.</p>
            </fieldset>
            <button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny" formnovalidate>Deny</button>
            </form>
            """,
            request.clientId(),
            error,
            Html.joined(Users.SUGGESTED.stream().map(ConsentPage::choice).toList()),
            describedBy);
    return BrowserResponses.page(status, TITLE, content).build();
  }

  private static Html choice(String user) {
    return Html.of(
        """
        <label><input type="radio" name="user" value="{}"{}> {}</label>
        """,
        user,
        new Html(user.equals(Users.SUGGESTED.getFirst()) ? " checked" : ""),
        user);
  }
}
