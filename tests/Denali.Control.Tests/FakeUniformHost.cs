// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Sites;
using Denali.Kernel.Machines;

namespace Denali.Control.Tests;

/// <summary>Makes VMs that are alike, and that a test plays.</summary>
internal sealed class FakeUniformHost : IUniformHost, IMachineControl, IDisposable
{
    private long _last = 1000;
    private Func<ulong, Stream> _connect = _ => throw new IOException("refused");

    internal FakeUniformHost()
    {
        Client = SiteMachine.CreateClient(
            (context, _) => ValueTask.FromResult(_connect(SiteMachine.IdOf(context.DnsEndPoint.Host)!.Value)),
            8,
            TimeSpan.FromSeconds(5));
    }

    public HttpMessageInvoker Client { get; }

    public string? DiskPath => "/a/disk";

    public Action<ulong, string>? Ended { get; set; }

    /// <summary>VMs that run.</summary>
    internal ConcurrentDictionary<ulong, bool> Running { get; } = new();

    /// <summary>Why the next start fails, or null.</summary>
    internal string? Refusal { get; set; }

    /// <summary>Answers connections to VMs.</summary>
    internal void Answer(Func<ulong, Stream> connect) => _connect = connect;

    /// <summary>If set, no VM is let in: whoever waits for that sets it again.</summary>
    internal ManualResetEventSlim? WaitsInLine { get; set; }

    /// <summary>Whether the last such wait was given up.</summary>
    internal bool IsGivenUp { get; private set; }

    /// <summary>Most VMs that it makes.</summary>
    internal int Most { get; set; } = int.MaxValue;

    /// <summary>The number of the last VM that was made; the next gets the one after it.</summary>
    internal ulong Last
    {
        get => (ulong)Interlocked.Read(ref _last);
        init => _last = (long)value;
    }

    /// <summary>VMs of an earlier kernel that are there whole.</summary>
    internal ConcurrentDictionary<ulong, bool> Saved { get; } = new();

    /// <summary>VMs of an earlier kernel that were given up.</summary>
    internal ConcurrentQueue<ulong> Forgotten { get; } = new();

    /// <summary>A VM that cannot be read now, or 0.</summary>
    internal ulong Unreadable { get; set; }

    public bool TryResume(ulong machineId) => machineId == Unreadable
        ? throw new ControlException("the disk does not answer")
        : Saved.TryRemove(machineId, out _) && (Running[machineId] = true);

    public void Forget(ulong machineId) => Forgotten.Enqueue(machineId);

    public ulong Start(TimeSpan patience, CancellationToken cancellation)
    {
        if (WaitsInLine is { } waits)
        {
            waits.Set();
            IsGivenUp = cancellation.WaitHandle.WaitOne(Events.Patience);
            throw new ControlException("nobody was let in");
        }

        if (Refusal is { } reason)
        {
            throw new ControlException(reason);
        }

        if (Running.Count >= Most)
        {
            throw new ControlException("no room for more");
        }

        ulong id = (ulong)Interlocked.Increment(ref _last);
        Running[id] = true;
        return id;
    }

    /// <summary>A VM ends.</summary>
    internal void End(ulong id, string reason)
    {
        if (Running.TryRemove(id, out _))
        {
            Ended?.Invoke(id, reason);
        }
    }

    public ISiteMachine Open(ulong machineId) => new Machine(this, machineId);

    public bool TryGet(ulong machineId, out MachineFacts facts)
    {
        facts = new MachineFacts(MachineState.Idle, default, new MachineUsage(4096, 8192, 0, 0), 0);
        return Running.ContainsKey(machineId);
    }

    public Task<bool> ParkAsync(ulong machineId) => Task.FromResult(true);

    public Task<bool> SwapOutAsync(ulong machineId) => Task.FromResult(true);

    public Task<Api.PageList> ExplainPagesAsync(ulong machineId, System.Threading.CancellationToken cancellation) =>
        throw new NotSupportedException();

    public void Wake(ulong machineId)
    {
    }

    public void Kill(ulong machineId) => End(machineId, "killed");

    public Api.KernelSample Sample() => new();

    public void Dispose() => Client.Dispose();

    private sealed class Machine(FakeUniformHost host, ulong id) : ISiteMachine
    {
        public ulong Id => id;

        public string Ipv4Address => "10.0.0.1";

        public string Ipv6Address => "fd00::1";

        public MachineUsage Usage => default;

        public ValueTask<Stream> ConnectAsync(CancellationToken cancellation) => throw new IOException("refused");

        public void RequestTermination()
        {
        }

        public void Kill() => host.End(id, "killed");
    }
}
