/** MIME types of images and files. */

const images: readonly [type: string, at: number, magic: string][] = [
  ["image/png", 0, "\x89PNG"],
  ["image/jpeg", 0, "\xff\xd8\xff"],
  ["image/gif", 0, "GIF8"],
  ["image/webp", 8, "WEBP"],
];
const extensions: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  html: "text/html",
  json: "application/json",
  xml: "application/xml",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/**
 * Returns the MIME type of an image by its first bytes.
 *
 * @throws TypeError It is none that models take.
 */
export function imageType(data: Uint8Array): string {
  const head = Buffer.from(data.subarray(0, 16)).toString("latin1");
  const found = images.find(([, at, magic]) => head.startsWith(magic, at));
  if (!found) {
    throw new TypeError("not an image: must be a PNG, JPEG, GIF or WebP");
  }
  return found[0];
}

/** Returns the MIME type of a file by its name. */
export function typeOfName(name: string): string {
  return extensions[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
}
