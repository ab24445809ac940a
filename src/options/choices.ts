/** What options with a fixed set of values take: for reading them, and for the completion of the shell. */

export const KEY_TYPES = ['static-key', 'srt-password'] as const;

export const POLICY_SCOPES = ['secrets', 'prefix', 'region', 'account'] as const;

export const EXISTING_KEY_ANSWERS = ['keep', 'replace'] as const;

export const TEMPLATE_FORMATS = ['yaml', 'json'] as const;

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];
