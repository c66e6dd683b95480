// Adds a button to each command. Without scripts, or where the browser has no clipboard, the page has no buttons.
for (const command of navigator.clipboard ? document.querySelectorAll('pre') : []) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(command.textContent);
    button.textContent = 'Copied';
  });
  command.after(button);
}
