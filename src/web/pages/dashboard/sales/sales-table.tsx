import { useState } from 'preact/hooks';
import { useDeskWords } from '../desk-words.ts';
import { type SalesMark, someOf } from './sales-data.ts';

const ROWS = 24;

/** The curve for who cannot see it. It is made when it is opened. */
export function SalesTable({ marks, timeZone }: { readonly marks: readonly SalesMark[]; readonly timeZone: string }) {
  const { say, number, times } = useDeskWords();
  const [open, setOpen] = useState(false);
  const rows = open ? someOf(marks, ROWS) : [];
  return (
    <details onToggle={(toggle) => setOpen(toggle.currentTarget.open)}>
      <summary>{say.asTable}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{say.time}</th>
            <th scope="col">{say.booked}</th>
            <th scope="col">{say.final}</th>
            <th scope="col">{say.since}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, booked, final }, i) => (
            <tr key={at}>
              <th scope="row">{times.moment(new Date(at).toISOString(), timeZone)}</th>
              <td>{number(booked)}</td>
              <td>{number(final)}</td>
              <td>{number(booked - (rows[i - 1]?.booked ?? 0))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
