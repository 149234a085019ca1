// SPDX-License-Identifier: MIT
using System.Linq;
using Denali.Bench.Visits;

namespace Denali.Bench.Zipf;

/// <summary>
/// A web VM for each page. All have been visited once: those that hold no slot are parked, or most of them in a swap
/// file.
/// </summary>
internal sealed class FleetPages : IPageServer
{
    private const int Concurrency = 16;

    // A tenth of what a parked VM takes: so much is in memory where most are swapped.
    private const ulong KeptBytes = 550;

    private readonly WebFleet _fleet;
    private readonly ulong[] _machines;

    /// <summary>Makes the VMs, and visits each.</summary>
    /// <param name="count">How many.</param>
    /// <param name="slots">Most execution slots.</param>
    internal FleetPages(int count, int slots)
    {
        _fleet = new WebFleet(slots, parkedLimitBytes: ulong.MaxValue);
        try
        {
            _machines = _fleet.Create(count);
            _ = _fleet.VisitAll(_machines, Concurrency);
            Pages = _fleet.PagesOf(_machines);
        }
        catch
        {
            _fleet.Dispose();
            throw;
        }
    }

    public ClientHost Host => _fleet.Host;

    public PageSet Pages { get; private set; }

    /// <summary>Goes on with memory for a tenth of the VMs: it is full with the most popular, the others are in the
    /// swap file.</summary>
    /// <param name="popularity">Which are popular.</param>
    internal void Swap(Popularity popularity)
    {
        _fleet.SaveAll(_machines.Length);
        _fleet.End();
        _fleet.Restart(KeptBytes * (ulong)_machines.Length);
        _fleet.ResumeAll();

        // A few more than have room, the most popular last.
        int kept = _machines.Length / 8;
        ulong[] popular = [.. Enumerable.Range(0, kept).Select(i => _machines[popularity.PageOf(kept - i)])];
        _ = _fleet.VisitAll(popular, Concurrency);
        Pages = _fleet.PagesOf(_machines);
    }

    public void Dispose() => _fleet.Dispose();
}
