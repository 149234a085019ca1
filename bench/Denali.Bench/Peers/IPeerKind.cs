// SPDX-License-Identifier: MIT
using System;

namespace Denali.Bench.Peers;

/// <summary>Another way to isolate a service, of which instances are started.</summary>
internal interface IPeerKind : IDisposable
{
    /// <summary>What it is.</summary>
    string Name { get; }

    /// <summary>Why there is none of it here, and what to do about it; null if there is.</summary>
    string? Missing { get; }

    /// <summary>How many instances tell their memory well.</summary>
    int InstanceCount => 50;

    /// <summary>Starts an instance, and waits until it does what it is for.</summary>
    /// <param name="number">Its number, from 0.</param>
    /// <returns>The instance.</returns>
    /// <exception cref="System.IO.IOException">It does not start; the message says what it said.</exception>
    IPeerInstance Start(int number);
}
