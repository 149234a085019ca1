// SPDX-License-Identifier: MIT
namespace Denali.Control.Sites;

/// <summary>How a site is.</summary>
public enum SiteState
{
    /// <summary>Its image is made, or its VM boots.</summary>
    Starting,

    /// <summary>Its VM serves.</summary>
    Ready,

    /// <summary>Its VM has ended unasked, or could not be started; it is tried again.</summary>
    Failed,

    /// <summary>It is being ended, or has ended.</summary>
    Stopped,
}
