import { useDeskWords } from '../desk-words.ts';

/** A user's id is the longest that can be looked for. */
const MAX_LENGTH = 255;

/** Looks for a booking by what its buyer reads out, or by who that is. */
export function SearchForm({
  wanted,
  onSearch,
}: {
  readonly wanted: string;
  readonly onSearch: (text: string) => void;
}) {
  const { say } = useDeskWords();
  return (
    <search>
      <form
        class="desk-search"
        onSubmit={(submit) => {
          submit.preventDefault();
          const text = new FormData(submit.currentTarget).get('wanted');
          onSearch(String(text).trim());
        }}
        onReset={() => onSearch('')}
      >
        <label class="field">
          <span class="only-heard">{say.searchFor}</span>
          <input
            name="wanted"
            maxLength={MAX_LENGTH}
            placeholder={say.searchFor}
            autocapitalize="none"
            spellcheck={false}
          />
        </label>
        <button type="submit" class="button">
          {say.search}
        </button>
        {wanted !== '' && (
          <button type="reset" class="button">
            {say.searchEnd}
          </button>
        )}
      </form>
    </search>
  );
}
