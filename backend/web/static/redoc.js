import { init } from "./vendor/redoc.standalone.js";

const description = await (await fetch("/openapi.json")).json();

// Given as an object and not as an address, the description is never offered to outside assistants.
init(
  description,
  {
    disableTelemetry: true,
    hideDownloadButtons: true,
    scrollYOffset: 48,
    sortRequiredPropsFirst: true,
  },
  document.getElementById("redoc"),
);
