import * as vscode from 'vscode';

/** @param time milliseconds since the epoch */
export function timeOfDay(time: number): string {
  return new Date(time).toLocaleTimeString(vscode.env.language, { timeStyle: 'medium' });
}
