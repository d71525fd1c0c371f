import { useState } from 'preact/hooks';
import { deviceName, nameDevice } from './device.ts';
import { useDoorWords } from './door-words.ts';

const MAX_LENGTH = 40;

/** Others are told it: "already in, at gate 3". */
export function DeviceName() {
  const { say } = useDoorWords();
  const [name, setName] = useState(deviceName);
  const [changing, change] = useState(false);
  if (!changing) {
    return (
      <p class="door-device">
        <span>
          {say.device}: <strong>{name}</strong>
        </span>
        <button type="button" class="button quiet" onClick={() => change(true)}>
          {say.change}
        </button>
      </p>
    );
  }
  return (
    <form
      class="door-device"
      onSubmit={(submit) => {
        submit.preventDefault();
        const text = String(new FormData(submit.currentTarget).get('name')).trim();
        if (text !== '') nameDevice(text);
        setName(deviceName());
        change(false);
      }}
    >
      <label class="field">
        {say.deviceName}
        <input name="name" required maxLength={MAX_LENGTH} defaultValue={name} />
      </label>
      <button type="submit" class="button">
        {say.keep}
      </button>
    </form>
  );
}
