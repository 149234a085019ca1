// SPDX-License-Identifier: MIT
using System.Threading.Tasks;

namespace Denali.Control.Sites;

/// <summary>One of many sites that are alike, made anew for whoever asks: it holds nothing itself.</summary>
internal sealed class UniformSite(UniformSites owner, int index) : Site(UniformSites.NameOf(index))
{
    public override SiteState State => owner.StateOf(index);

    public override string Message => owner.MessageOf(index);

    public override SiteMachine? Machine => owner.MachineOf(index);

    public override string? Directory => owner.Directory;

    public override string? DiskPath => owner.DiskPath;

    public override Task Settled => Task.CompletedTask;

    public override long RequestCount => owner.Record(index).Requests;

    public override int RequestsUnderWay => owner.Record(index).UnderWay;

    public override int StartCount => owner.Record(index).Starts;

    internal int Index => index;

    internal override bool TryEnter(int underWayMax) => owner.TryEnter(index, underWayMax);

    internal override void Leave() => owner.Leave(index);
}
