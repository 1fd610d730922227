import type { JSX } from "preact";
import type { FilePart } from "../../protocol";
import { Icon } from "../icons";
import type { PartProps } from "./part";

const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,/i;

/** A file by name; a picture is shown only if it came along, nothing is fetched. */
export function FileView({ cell }: PartProps): JSX.Element {
  const { mime, filename, url } = cell.part.value as FilePart;
  const name = filename ?? mime;
  return (
    <figure class="ocw-file">
      <figcaption title={mime}>
        <Icon name={mime.startsWith("image/") ? "image" : "file"} />
        {name}
      </figcaption>
      {url && PICTURE.test(url) && <img src={url} alt={name} />}
    </figure>
  );
}
