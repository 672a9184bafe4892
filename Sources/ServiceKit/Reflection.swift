import Contracts
import Wire

/// Tells callers which services a server has and what their contracts are.
struct Reflection: WireV1.ReflectionService {
    /// Full names of the services, this one's too.
    let services: [String]

    func listServices(_ request: WireV1.ListServicesRequest, context: ServerContext) -> WireV1.ListServicesResponse {
        WireV1.ListServicesResponse(services: services.sorted())
    }

    func getContracts(_ request: WireV1.GetContractsRequest, context: ServerContext) -> WireV1.GetContractsResponse {
        WireV1.GetContractsResponse(descriptorSet: ContractDescriptors.fileDescriptorSet)
    }
}
