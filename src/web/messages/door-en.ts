import type { Plural } from './en.ts';

/** What the door says, in English. Read in the sun, from an arm away: few words. */
export const doorEn = {
  door: 'Door',
  ofEvent: 'Door: {title}',
  signInTitle: 'For the people at the door',
  signInText: 'Sign in as staff to let people in.',
  noAnswer: 'The box office does not answer, and this device has not seen this door before.',
  inTheHouse: '{in} of {all} are in',
  device: 'This device',
  deviceName: 'What this device is called',
  change: 'Change',
  keep: 'Keep',

  start: 'Scan with the camera',
  stop: 'Camera off',
  light: 'Light',
  noCamera: 'There is no camera that may be used here. Type the code, or use a hand scanner.',
  camera: 'Camera',
  hold: 'Hold the code before the camera',
  code: 'Code of the ticket',
  check: 'Check',
  checking: 'Checking',
  next: 'Next',

  welcome: 'Come in',
  uncheckedText: 'Checked on this device. It is sent in when the network is back.',
  already: 'Already in',
  alreadyAt: 'At {time}',
  alreadyBy: 'At {time}, at {device}',
  refused: 'No entry',
  place: 'Place {serial} of {quantity}',
  reason: {
    BAD_SIGNATURE: 'This is no ticket of ours.',
    UNKNOWN_TICKET: 'There is no such ticket.',
    WRONG_EVENT: 'It is for another event.',
    CANCELLED: 'Its booking was cancelled.',
    NOT_FINALIZED: 'Its booking is not final.',
    ALREADY_REDEEMED: 'Somebody came in with it.',
    NEEDS_NETWORK: 'This cannot be checked without a network. Scan its QR code.',
    NOT_KEPT: 'This browser keeps nothing, so it cannot work without a network.',
    SIGN_IN: 'Sign in as staff first.',
  },

  offline: 'No network. Tickets are checked on this device.',
  waiting: { one: '1 scan waits to be sent', other: '{n} scans wait to be sent' } as Plural,
  conflicts: { one: '1 scan in conflict', other: '{n} scans in conflict' } as Plural,
  conflictsText: 'You let them in without a network. The box office says otherwise:',
  conflictOf: 'Booking {reference}, let in at {time}',
  settle: 'Seen',
};

export type DoorMessages = typeof doorEn;
