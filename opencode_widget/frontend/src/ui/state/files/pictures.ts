/** Scales pictures to what models look at; more pixels cost time and tokens, and many providers refuse them. */

/** The longest edge in pixels. */
export const LONGEST_EDGE = 2_000;
/** Bytes that every provider takes. */
export const LARGEST = 3_500_000;
/** Pictures that models take as they are. */
const TAKEN = /^image\/(?:png|jpeg|gif|webp)$/;
const QUALITIES = [0.9, 0.75, 0.5];

/** The factor that brings a picture within the bound; 1 if it is. */
export function scaleOf(width: number, height: number): number {
  return Math.min(1, LONGEST_EDGE / Math.max(width, height, 1));
}

/** A smaller picture, or one of a type that models take; undefined if the file can stay as it is. */
export async function scaledPicture(file: File): Promise<Blob | undefined> {
  if (!/^image\/(?!svg)/.test(file.type) || typeof createImageBitmap !== "function") return undefined;
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return undefined;
  try {
    const scale = scaleOf(picture.width, picture.height);
    if (scale === 1 && file.size <= LARGEST && TAKEN.test(file.type)) return undefined;
    return await drawn(picture, scale, file.type);
  } finally {
    picture.close();
  }
}

/** A photograph as JPEG; else as PNG, which keeps letters sharp, unless that is too large. */
async function drawn(picture: ImageBitmap, scale: number, type: string): Promise<Blob | undefined> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const png = type === "image/jpeg" ? undefined : await encoded(canvas, "image/png");
  if (png && png.size <= LARGEST) return png;
  let smallest = png;
  for (const quality of QUALITIES) {
    smallest = (await encoded(canvas, "image/jpeg", quality)) ?? smallest;
    if (smallest && smallest.size <= LARGEST) break;
  }
  return smallest;
}

function encoded(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob | undefined> {
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), type, quality));
}
