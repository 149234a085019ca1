// SPDX-License-Identifier: MIT
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

    /// <summary>Makes the VMs, and visits each.</summary>
    /// <param name="count">How many.</param>
    /// <param name="slots">Most execution slots.</param>
    /// <param name="isSwapped">Whether there is memory for a tenth of them only, and a swap file.</param>
    internal FleetPages(int count, int slots, bool isSwapped)
    {
        _fleet = new WebFleet(slots, isSwapped ? KeptBytes * (ulong)count : null);
        try
        {
            ulong[] machines = _fleet.Create(count);
            _ = _fleet.VisitAll(machines, Concurrency);
            Pages = _fleet.PagesOf(machines);
        }
        catch
        {
            _fleet.Dispose();
            throw;
        }
    }

    public ClientHost Host => _fleet.Host;

    public PageSet Pages { get; }

    public void Dispose() => _fleet.Dispose();
}
