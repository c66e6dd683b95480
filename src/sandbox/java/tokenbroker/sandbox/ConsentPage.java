package tokenbroker.sandbox;

import jakarta.ws.rs.core.Response;

/**
 * Asks a user whether a client may use their account. The form is posted to the page's own address,
 * including its query. So the page contains nothing from the request but the client's id.
 */
final class ConsentPage {

  private static final String TITLE = "Allow access to TrackMage?";

  private ConsentPage() {}

  static Response ask(AuthorizationRequest request) {
    return page(200, request, Html.NOTHING);
  }

  static Response askAgain(AuthorizationRequest request) {
    return page(
        400,
        request,
        new Html(
            """
            <p class="note" role="alert" id="fault">That is no e-mail address: type one such as carol@sandbox.invalid.</p>
            """));
  }

  /** Shows an error to the user. The client is not informed. */
  static Response refuse(String message) {
    return Pages.page(400, "This link does not work", Html.of("<p>{}</p>\n", message));
  }

  private static Response page(int status, AuthorizationRequest request, Html fault) {
    var describedBy = fault.equals(Html.NOTHING) ? "hint" : "fault hint";
    return Pages.page(
        status,
        TITLE,
        Html.of(
            """
            <p>The application <strong>{}</strong> asks to use your TrackMage account.</p>
            {}<form method="post">
            <fieldset>
            <legend>Your account</legend>
            {}<label for="other">Another address</label>
            <input type="email" id="other" name="other" maxlength="165" autocomplete="off" aria-describedby="{}">
            <p id="hint">Where one is typed here, it counts. Every address has an account; there are no passwords.</p>
            </fieldset>
            <button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny" formnovalidate>Deny</button>
            </form>
            """,
            request.clientId(),
            fault,
            Html.joined(Users.SUGGESTED.stream().map(ConsentPage::choice).toList()),
            describedBy));
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
