import { type RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Camera } from './camera.ts';

export interface Watcher {
  readonly onSeen: (text: string) => void;
  /** Whether somebody waits for a code. */
  readonly isWanted: () => boolean;
}

/** The camera of this device, which looks while it is switched on. */
export function useCamera(video: RefObject<HTMLVideoElement | null>, watcher: Watcher) {
  const [on, setOn] = useState(false);
  const [camera, setCamera] = useState<Camera | null>(null);
  const [failed, setFailed] = useState(false);
  const current = useRef(watcher);
  current.current = watcher;
  useEffect(() => {
    if (!on) return;
    const ending = new AbortController();
    const open = async () => {
      const opened = await Camera.open(video.current as HTMLVideoElement);
      ending.signal.addEventListener('abort', () => opened.stop());
      if (ending.signal.aborted) return opened.stop();
      setCamera(opened);
      void keepAwake(ending.signal);
      await opened.watch(
        (text) => current.current.onSeen(text),
        () => current.current.isWanted(),
      );
    };
    open().catch(() => {
      setOn(false);
      setFailed(true);
    });
    return () => {
      ending.abort();
      setCamera(null);
    };
  }, [on]);
  const turn = () => {
    setFailed(false);
    setOn(!on);
  };
  return { on, camera, failed, turn };
}

/** A phone that falls asleep keeps the queue waiting. */
async function keepAwake(until: AbortSignal): Promise<void> {
  const lock = await navigator.wakeLock?.request('screen').catch(() => undefined);
  if (until.aborted) return lock?.release();
  until.addEventListener('abort', () => void lock?.release());
}
