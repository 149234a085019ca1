// SPDX-License-Identifier: MIT
namespace Denali.Control.Sites;

/// <summary>Something that somebody has to see to.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The same in words, and the cure.</param>
/// <param name="Count">How often it has happened, if every time is news; otherwise 0.</param>
public sealed record KernelAlarm(KernelAlarmKind Kind, string Text, ulong Count = 0);
