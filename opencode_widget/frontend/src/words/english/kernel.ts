export const kernel = {
  sessionNotCreated: "The kernel could not create the session.",
  noResponse: "The kernel didn't respond.",
  stopped: "The kernel has stopped. Run the cell again.",
  upgraded: "opencode_widget was upgraded after this page was loaded.",
  reloadPage: "Reload the page.",
};
