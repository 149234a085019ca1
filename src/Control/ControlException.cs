// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control;

/// <summary>Something cannot be done; the message is one line that says why and what to change.</summary>
public sealed class ControlException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">Why, and the cure.</param>
    public ControlException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one that comes from another.</summary>
    /// <param name="message">Why, and the cure.</param>
    /// <param name="inner">What happened.</param>
    public ControlException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
