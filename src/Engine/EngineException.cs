// SPDX-License-Identifier: MIT
using System;

namespace Denali.Engine;

/// <summary>The environment refused something an engine needs. The message says what, why, and the cure.</summary>
public sealed class EngineException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed, why, and the cure, in one line.</param>
    /// <param name="inner">The cause, if any.</param>
    public EngineException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
