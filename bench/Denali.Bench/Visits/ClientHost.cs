// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Denali.Bench.Visits;

/// <summary>
/// Where visitors are: a network stack of this process at one end of a link, whose other end has the servers. The same
/// stack, whoever serves.
/// </summary>
internal abstract class ClientHost : IDisposable
{
    /// <summary>The stack; used between <see cref="Enter"/> and <see cref="Leave"/>, and in its events.</summary>
    internal abstract NetworkStack Stack { get; }

    /// <summary>Waits for the stack, and tells it the time.</summary>
    internal abstract void Enter();

    /// <summary>Sends what there is to send, and lets others have the stack.</summary>
    internal abstract void Leave();

    /// <inheritdoc/>
    public abstract void Dispose();
}
