// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Sites;
using Denali.Kernel.Machines;

namespace Denali.Control.Tests;

/// <summary>The VM of a site, as a test wants it to be.</summary>
internal sealed class FakeMachine : ISiteMachine
{
    private int _connectionCount;
    private int _terminations;
    private int _kills;

    public ulong Id { get; init; } = 7;

    public string Ipv4Address => "10.1.0.6";

    public string Ipv6Address => "fd64:656e:616c:6900::6";

    public string Template => "a template";

    public SiteGroup? Group { get; init; }

    public MachineUsage Usage => new(123_456, 1_000_000, 2_000_000, 42);

    /// <summary>Makes a connection; refuses by default.</summary>
    internal Func<CancellationToken, ValueTask<Stream>> Connect { get; set; } = _ => throw new IOException("refused");

    /// <summary>The image that it was started with.</summary>
    internal string ImagePath { get; init; } = "";

    /// <summary>Who hears of it.</summary>
    internal ISiteMachineObserver? Observer { get; init; }

    /// <summary>Connections that were asked for.</summary>
    internal int ConnectionCount => Volatile.Read(ref _connectionCount);

    internal bool IsAskedToEnd => Volatile.Read(ref _terminations) > 0;

    internal bool IsKilled => Volatile.Read(ref _kills) > 0;

    public ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _connectionCount);
        return Connect(cancellation);
    }

    public void RequestTermination() => Interlocked.Increment(ref _terminations);

    public void Kill()
    {
        if (Interlocked.Increment(ref _kills) == 1)
        {
            Observer?.OnEnded("killed");
        }
    }
}
