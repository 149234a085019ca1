// SPDX-License-Identifier: MIT
using System;

namespace Denali.Kernel;

/// <summary>A request to the kernel cannot be met. The message says what, why, and the cure, in one line.</summary>
public sealed class KernelException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What, why and the cure.</param>
    /// <param name="inner">The cause, if any.</param>
    public KernelException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
