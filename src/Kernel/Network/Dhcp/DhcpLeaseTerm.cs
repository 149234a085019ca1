// SPDX-License-Identifier: MIT
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>An address that a VM may use, and until when. Replaced as a whole: any thread may read it.</summary>
/// <param name="Address">The IPv4 address.</param>
/// <param name="EndNs">When the lease ends; <see cref="ulong.MaxValue"/> for never.</param>
internal sealed record DhcpLeaseTerm(IpAddress Address, ulong EndNs);
