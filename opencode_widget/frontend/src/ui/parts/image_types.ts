/** Image types that are shown, as they cannot run anything in the page. */
export const SHOWN_IMAGE_TYPES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
