// Adds a button to each command. Without scripts, or where the browser has no clipboard, the page has no buttons.
for (const command of navigator.clipboard ? document.querySelectorAll('pre') : []) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.ariaLabel = 'Copy: ' + command.ariaLabel;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(command.textContent);
    button.textContent = button.ariaLabel = 'Copied';
  });
  command.before(button);
}
