import { useRef, useState } from 'preact/hooks';
import type { Camera } from './camera.ts';
import { useDoorWords } from './door-words.ts';
import { useCamera, type Watcher } from './use-camera.ts';

/** What the camera sees, once somebody has switched it on. */
export function CameraView(watcher: Watcher) {
  const { say } = useDoorWords();
  const video = useRef<HTMLVideoElement>(null);
  const { on, camera, failed, turn } = useCamera(video, watcher);
  return (
    <div class="door-camera">
      <div class="door-finder">
        <p role="status">{failed ? say.noCamera : camera ? say.hold : ''}</p>
        <video ref={video} class={camera ? 'on' : ''} playsInline muted aria-label={say.camera} />
      </div>
      <div class="door-camera-buttons">
        {camera?.hasTorch && <Torch camera={camera} />}
        <button type="button" class={on ? 'button' : 'button primary'} onClick={turn}>
          {on ? say.stop : say.start}
        </button>
      </div>
    </div>
  );
}

function Torch({ camera }: { readonly camera: Camera }) {
  const { say } = useDoorWords();
  const [lit, setLit] = useState(false);
  const turn = () => {
    setLit(!lit);
    void camera.light(!lit);
  };
  return (
    <button type="button" class="button" aria-pressed={lit} onClick={turn}>
      {say.light}
    </button>
  );
}
