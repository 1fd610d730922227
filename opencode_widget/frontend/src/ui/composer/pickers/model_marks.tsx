/** Favourite and hidden models, which the browser remembers: the buttons at the end of the list of models. */
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { SignIn } from "../../panels/server/sign_in";
import type { PickerItem } from "./picker";
import { RecentChoices } from "./recent_choices";

/** More models than a person marks. */
const MOST = 1_000;

export class ModelMarks {
  readonly recent = new RecentChoices("models");
  readonly #favourites = new RecentChoices("favourite-models", undefined, MOST);
  readonly #hidden = new RecentChoices("hidden-models", undefined, MOST);
  readonly favourites: Signal<string[]> = signal(this.#favourites.all);
  readonly hidden: Signal<string[]> = signal(this.#hidden.all);
  readonly showHidden: Signal<boolean> = signal(false);

  toggleFavourite(model: string): void {
    this.#favourites.toggle(model);
    this.favourites.value = this.#favourites.all;
  }

  toggleHidden(model: string): void {
    this.#hidden.toggle(model);
    this.hidden.value = this.#hidden.all;
  }

  /** What other widgets of this browser marked meanwhile. */
  reload(): void {
    this.favourites.value = this.#favourites.all;
    this.hidden.value = this.#hidden.all;
  }
}

/** Marks the item that the arrow keys chose; Tab leads here from the search field. */
export function ModelMarkButtons({ marks, item }: { marks: ModelMarks; item: PickerItem | undefined }): JSX.Element {
  const hidden = marks.hidden.value;
  const isFavourite = item !== undefined && marks.favourites.value.includes(item.value);
  const isHidden = item !== undefined && hidden.includes(item.value);
  return (
    <div class="ocw-model-marks">
      {item && (
        <>
          <button type="button" class="ocw-button ocw-small" onClick={() => marks.toggleFavourite(item.value)}>
            <Icon name={isFavourite ? "starred" : "star"} />
            {isFavourite ? t.composer.removeFromFavorites : t.composer.addToFavorites}
            <span class="ocw-unseen">: {item.label}</span>
          </button>
          <button type="button" class="ocw-button ocw-small" onClick={() => marks.toggleHidden(item.value)}>
            {isHidden ? t.composer.unhide : t.composer.hide}
            <span class="ocw-unseen">: {item.label}</span>
          </button>
        </>
      )}
      {hidden.length > 0 && (
        <button
          type="button"
          class="ocw-button ocw-small"
          aria-pressed={marks.showHidden.value}
          onClick={() => {
            marks.showHidden.value = !marks.showHidden.peek();
          }}
        >
          {t.composer.showHidden(hidden.length)}
        </button>
      )}
      <SignIn />
    </div>
  );
}
