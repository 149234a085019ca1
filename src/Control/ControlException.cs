// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control;

/// <summary>Something cannot be done; the message is one line that says why and what to change.</summary>
public sealed class ControlException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">Why, and the cure.</param>
    /// <param name="refusal">Of a command: why in a word.</param>
    public ControlException(string message, Refusal refusal = Refusal.Invalid)
        : base(message)
    {
        Refusal = refusal;
    }

    /// <summary>Makes one that comes from another.</summary>
    /// <param name="message">Why, and the cure.</param>
    /// <param name="inner">What happened.</param>
    public ControlException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Of a command: why it was refused, in a word.</summary>
    public Refusal Refusal { get; }
}
