// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Control.Sites;

/// <summary>
/// Many sites that are alike but for their names, site-1 to site-N: for experiments. Each is a record of a few bytes
/// and a VM that has not run before somebody asks for it: no object, timer or task of its own. If they are written
/// down, they go on after a restart with the VMs that they had, and those that were destroyed stay so.
/// </summary>
/// <remarks>Any thread. VMs that end unasked are made anew by a thread of its own, after the waits of
/// <see cref="BackOff"/>.</remarks>
public sealed partial class UniformSites : ISiteDirectory, IDisposable
{
    /// <summary>Most sites: with some room for others, what a kernel holds.</summary>
    public const int CountMax = 1_000_000;

    /// <summary>Sites that get their VMs, and are written down, at a time: few enough that others of the thread's work
    /// do not wait, and enough that a million are written in a moment.</summary>
    internal const int TurnMax = 4096;

    private const string Prefix = "site-";

    // When all are made, they wait until there is memory for one more; after that each has its own waits.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly IUniformHost _host;
    private readonly IUniformStore? _store;
    private readonly TimeProvider _time;
    private readonly UniformRecord[] _records;
    private readonly long _start;
    private readonly WorkThread _work = new("uniform sites");
    private readonly CancellationTokenSource _stopping = new();

    // Whose VM is which. Only the thread that starts them touches it.
    private readonly Dictionary<ulong, int> _indices;
    private readonly ConcurrentDictionary<int, FailedSite> _failed = new();

    // The first sites of the parts that are to be written down again, and where a part is put together.
    private readonly HashSet<int> _unwritten = [];
    private readonly ulong[] _part = new ulong[TurnMax];

    // What an earlier kernel left, until all have their VMs.
    private ulong[]? _earlier;
    private int _goneCount;
    private int _made;

    /// <summary>Prepares so many sites; none has a VM yet.</summary>
    /// <param name="host">What makes the VMs.</param>
    /// <param name="count">How many.</param>
    /// <param name="directory">The directory that they serve, for people to know.</param>
    /// <param name="time">The clock.</param>
    /// <param name="store">Where they are written down, or null for nowhere. It knows of as many.</param>
    public UniformSites(
        IUniformHost host, int count, string directory, TimeProvider time, IUniformStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, CountMax);
        _host = host;
        _store = store;
        _time = time;
        _records = new UniformRecord[count];
        _earlier = store?.TakeMachines();
        for (int index = 0; index < _earlier?.Length; index++)
        {
            _records[index].IsGone = _earlier[index] == IUniformStore.Gone;
            _goneCount += _records[index].IsGone ? 1 : 0;
        }

        _indices = new Dictionary<ulong, int>(count);
        _start = time.GetTimestamp();
        Directory = directory;
        host.Ended = (id, reason) => _work.Post(() => OnEnded(id, reason));
    }

    /// <summary>How many there are; those that were destroyed count.</summary>
    public int Count => _records.Length;

    /// <summary>How many of them have been given a VM.</summary>
    public int MadeCount => Volatile.Read(ref _made);

    /// <summary>The first and the last of them, as far as they are there.</summary>
    public IEnumerable<Site> Ends => new[] { 0, _records.Length - 1 }.Distinct().Select(At).OfType<Site>();

    /// <summary>The directory that they serve.</summary>
    public string Directory { get; }

    /// <summary>The disk of their VMs.</summary>
    internal string? DiskPath => _host.DiskPath;

    /// <summary>How many start, serve, have failed.</summary>
    internal (int Starting, int Ready, int Failed) Counts
    {
        get
        {
            int failed = _failed.Values.Count(site => site.IsWaiting);
            int made = MadeCount;
            return (Count - made, Math.Max(made - failed - Volatile.Read(ref _goneCount), 0), failed);
        }
    }

    private bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>Tells whether a site of its own may not have a name, because one of these has it.</summary>
    /// <param name="name">The name, normalized.</param>
    /// <param name="count">How many of these there are; those that were destroyed count.</param>
    /// <returns>True if so.</returns>
    public static bool IsName(string name, int count)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IndexOf(name, count) >= 0;
    }

    /// <summary>Gives every site its VM, on a thread of its own: that of an earlier kernel if it is there.</summary>
    /// <returns>Completes when all have one; fails with what made it impossible.</returns>
    public Task StartAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Post(() => StartSome(done));
        return done.Task;
    }

    /// <inheritdoc/>
    public Site? Find(string host)
    {
        int index = IndexOf(SiteName.Normalize(host), Count);
        return index >= 0 ? At(index) : null;
    }

    /// <summary>The site of a place, or null if it was destroyed.</summary>
    internal UniformSite? At(int index) => _records[index].IsGone ? null : new UniformSite(this, index);

    /// <summary>Ends a site for good.</summary>
    /// <returns>False if it has been ended before.</returns>
    /// <exception cref="ControlException">When awaited: it cannot be written down, and stays.</exception>
    internal Task<bool> RemoveAsync(UniformSite site) => _work.Ask(() =>
    {
        ref UniformRecord record = ref _records[site.Index];
        if (record.IsGone)
        {
            return false;
        }

        Strike(site.Index, ref record);
        if (_failed.TryRemove(site.Index, out FailedSite? failed))
        {
            failed.Restart?.Dispose();
        }

        if (Interlocked.Exchange(ref record.Machine, 0) is var id and not 0)
        {
            _ = _indices.Remove(id);
            _host.Open(id).Kill();
        }

        return true;
    });

    /// <summary>Starts no VM any more, nor waits for one to be let in. Those that run go with their kernel.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _host.Ended = null;
        _work.Dispose();

        // What the thread had no time for.
        WriteUnwritten();
        foreach (FailedSite failed in _failed.Values)
        {
            failed.Restart?.Dispose();
        }
    }

    internal static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index + 1}");

    internal ref UniformRecord Record(int index) => ref _records[index];

    internal SiteState StateOf(int index)
    {
        ref UniformRecord record = ref _records[index];
        return record.IsGone ? SiteState.Stopped
            : Volatile.Read(ref record.Machine) != 0 ? SiteState.Ready
            : _failed.ContainsKey(index) ? SiteState.Failed
            : SiteState.Starting;
    }

    internal string MessageOf(int index) =>
        _failed.TryGetValue(index, out FailedSite? failed) && failed.IsWaiting ? failed.Message : string.Empty;

    internal SiteMachine? MachineOf(int index)
    {
        ulong id = Volatile.Read(ref _records[index].Machine);
        return id == 0 ? null : new SiteMachine(_host.Open(id), _host.Client, StartedTimestamp(index));
    }

    internal bool TryEnter(int index, int underWayMax)
    {
        ref UniformRecord record = ref _records[index];
        _ = Interlocked.Increment(ref record.Requests);
        if (Interlocked.Increment(ref record.UnderWay) <= underWayMax)
        {
            return true;
        }

        Leave(index);
        return false;
    }

    internal void Leave(int index) => Interlocked.Decrement(ref _records[index].UnderWay);

    private long StartedTimestamp(int index) =>
        _failed.TryGetValue(index, out FailedSite? failed) ? failed.StartedTimestamp : _start;

    private static int IndexOf(string name, int count) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length > Prefix.Length && name[Prefix.Length] != '0'
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number <= count
            ? number - 1
            : -1;

    /// <summary>What is remembered of a site whose VM has ended unasked: few have.</summary>
    private sealed class FailedSite
    {
        internal BackOff BackOff { get; } = new();

        internal string Message { get; set; } = string.Empty;

        internal bool IsWaiting { get; set; }

        internal long StartedTimestamp { get; set; }

        internal ITimer? Restart { get; set; }
    }
}
