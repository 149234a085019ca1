// SPDX-License-Identifier: MIT
using System;

namespace Denali.Cli;

/// <summary>The user's mistake: shown as one line, exit status 2.</summary>
internal sealed class UsageException : Exception
{
    internal UsageException(string message)
        : base(message)
    {
    }
}
