/** Kinds of images that are shown: no page can do harm with them. */
export const SHOWN_IMAGE_TYPES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
