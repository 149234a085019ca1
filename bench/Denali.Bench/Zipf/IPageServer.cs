// SPDX-License-Identifier: MIT
using System;
using Denali.Bench.Visits;

namespace Denali.Bench.Zipf;

/// <summary>Who holds the pages, and the visitors' way there.</summary>
internal interface IPageServer : IDisposable
{
    /// <summary>Where its visitors are.</summary>
    ClientHost Host { get; }

    /// <summary>Its pages.</summary>
    PageSet Pages { get; }
}
