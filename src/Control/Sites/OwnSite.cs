// SPDX-License-Identifier: MIT
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Control.Sites;

/// <summary>A site with a directory of its own, as others see it.</summary>
/// <remarks>Any thread reads; whoever manages the site writes.</remarks>
public sealed class OwnSite : Site
{
    private volatile SiteMachine? _machine;
    private volatile SiteState _state;
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _message = string.Empty;
    private volatile SiteDefinition? _definition;
    private volatile string? _diskPath;
    private long _requestCount;
    private int _requestsUnderWay;
    private int _startCount;

    /// <summary>Makes a site that starts.</summary>
    /// <param name="name">Its name, normalized.</param>
    public OwnSite(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public override SiteState State => _state;

    /// <inheritdoc/>
    public override string Message => _message;

    /// <inheritdoc/>
    public override SiteMachine? Machine => _machine;

    /// <inheritdoc/>
    public override string? Directory => _definition is { IsImage: false } of ? of.Source : null;

    /// <inheritdoc/>
    public override string? DiskPath => _diskPath;

    /// <inheritdoc/>
    public override Task Settled => _settled.Task;

    /// <inheritdoc/>
    public override long RequestCount => Volatile.Read(ref _requestCount);

    /// <inheritdoc/>
    public override int RequestsUnderWay => Volatile.Read(ref _requestsUnderWay);

    /// <inheritdoc/>
    public override int StartCount => Volatile.Read(ref _startCount);

    /// <summary>Says how it is.</summary>
    /// <param name="state">The state.</param>
    /// <param name="machine">The VM that serves it, or null.</param>
    /// <param name="message">Why, or nothing.</param>
    public void Set(SiteState state, SiteMachine? machine, string message = "")
    {
        _machine = machine;
        _message = message;
        _state = state;
        if (state != SiteState.Starting)
        {
            _ = _settled.TrySetResult();
        }
    }

    internal override SiteDefinition? Definition => _definition;

    /// <summary>Says what it serves, and the disk that its next VM gets.</summary>
    internal void SetSource(SiteDefinition definition, string? diskPath)
    {
        _definition = definition;
        _diskPath = diskPath;
    }

    internal void CountStart() => Interlocked.Increment(ref _startCount);

    internal override bool TryEnter(int underWayMax)
    {
        Interlocked.Increment(ref _requestCount);
        if (Interlocked.Increment(ref _requestsUnderWay) <= underWayMax)
        {
            return true;
        }

        Leave();
        return false;
    }

    internal override void Leave() => Interlocked.Decrement(ref _requestsUnderWay);
}
